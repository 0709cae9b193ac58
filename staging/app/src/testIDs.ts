/**
 * The names of every control and every word that a test may look for. A contract: tests and generated flows use them,
 * so a name is never changed, only added to. What each means is in ../testids.md.
 */
export const ids = {
  // always there
  screen: (name: Screen) => `screen-${name}`,
  tab: (name: Tab) => `tab-${name}`,
  state: 'state',
  stateDetail: 'state-detail',
  outboxCount: 'outbox-count',
  network: 'network',
  error: 'error',
  errorClose: 'error-close',

  // nobody is signed in
  goSignUp: 'go-signup',
  goSignIn: 'go-signin',
  signUpName: 'signup-name',
  signUpEmail: 'signup-email',
  signUpPassword: 'signup-password',
  signUpPhone: 'signup-phone',
  signUpCompany: 'signup-company',
  signUpSubmit: 'signup-submit',
  signInEmail: 'signin-email',
  signInPassword: 'signin-password',
  signInSubmit: 'signin-submit',

  // tab "plans"
  planNow: 'plan-now',
  subscriptionState: 'subscription-state',
  subscriptionEnds: 'subscription-ends',
  creditsNow: 'credits-now',
  plans: 'plans',
  plan: (id: string) => `plan-${id}`,
  subscribe: (id: string) => `subscribe-${id}`,
  change: (id: string) => `change-${id}`,
  cancel: 'cancel',
  cancelYes: 'cancel-yes',
  cancelNo: 'cancel-no',
  products: 'products',
  product: (id: string) => `product-${id}`,
  buy: (id: string) => `buy-${id}`,
  unguardedBuy: (id: string) => `unguarded-buy-${id}`,
  orders: 'orders',
  order: (id: string) => `order-${id}`,
  orderState: (id: string) => `order-${id}-state`,
  payOrder: (id: string) => `pay-order-${id}`,
  paySubscription: 'pay-subscription',

  // the payment sheet
  paySheet: 'pay-sheet',
  payAmount: 'pay-amount',
  payCard: (name: string) => `pay-card-${name}`,
  payConfirm: 'pay-confirm',
  payDismiss: 'pay-dismiss',
  payError: 'pay-error',
  payState: 'pay-state',

  // tab "help"
  helpSubject: 'help-subject',
  helpMessage: 'help-message',
  helpCategory: (name: string) => `help-category-${name}`,
  helpFile: 'help-file',
  helpFileName: 'help-file-name',
  helpSubmit: 'help-submit',
  tickets: 'tickets',
  ticket: (id: string) => `ticket-${id}`,
  ticketState: (id: string) => `ticket-${id}-state`,

  // tab "notices"
  notices: 'notices',
  notice: (number: number) => `notice-${number}`,
  noticeSheet: 'notice-sheet',
  noticeState: 'notice-state',
  noticeClose: 'notice-close',

  // tab "account"
  accountEmail: 'account-email',
  refresh: 'refresh',
  signOut: 'sign-out',
  outbox: 'outbox',
  outboxEntry: (number: number) => `outbox-entry-${number}`,
} as const;

export type Tab = 'plans' | 'help' | 'notices' | 'account';
export type Screen = 'signup' | 'signin' | Tab;
